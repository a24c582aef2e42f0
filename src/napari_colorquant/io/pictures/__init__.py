"""PNG, GIF, WebP and whatever else Pillow reads: pictures that are held in memory."""
