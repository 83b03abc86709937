"""Events on their way to a client: encoding, sending, slowing down."""
