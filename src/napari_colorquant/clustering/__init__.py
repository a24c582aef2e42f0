"""What methods of palette design stand on: grids and runs of near colours, Lloyd's steps, complete palettes."""
