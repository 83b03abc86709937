"""The page at `/` in a real Chromium, over running services."""
