"""What people say of answers: remembered answers, what is kept of them, and its export."""
