"""The page at `/`: its built files with their headers, and what the service says of itself."""
