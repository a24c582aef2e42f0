"""From labels to annotations: classes cleaned, outlined, and written for other programs."""
