"""The dock widget that quantizes: its sections, and what they are made of."""
