"""What runs on threads for the window, and the runner that starts it.

Takes layers and recipes on the window's thread; gives functions without arguments for another thread, and their
results as signals on the window's thread.
"""
