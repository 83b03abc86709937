"""The same runs shared by several workers, through Redis."""
