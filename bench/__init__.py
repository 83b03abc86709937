"""The speed comparison: this service, its peers and a bare relay, side by side in one run."""
