"""Pages of the documentation that are made while it is built."""
