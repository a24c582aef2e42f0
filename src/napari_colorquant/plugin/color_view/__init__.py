"""Views of a result: its colours in space, its error, and what can be done with it again."""
