"""What runs on threads for the window, and where its results go."""
