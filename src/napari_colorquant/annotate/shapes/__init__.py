"""Classes and components as outlines: cleaned, simplified, and written for other programs."""
