"""Any image as blocks of sRGB with their places: arrays in, colours and counts out."""
