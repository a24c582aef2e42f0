"""Any image as blocks of 8-bit sRGB with their places: arrays in, colours and counts out."""
