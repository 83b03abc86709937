"""What live tests and benches start, drive and read: servers, clients, a browser."""
