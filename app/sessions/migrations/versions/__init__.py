"""One file a version, named by its number; each names the one before."""
