"""How long each command takes in a server with many cases."""
