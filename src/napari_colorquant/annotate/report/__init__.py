"""A folder as an experiment: one palette for all its images, and one page that shows what came out."""
