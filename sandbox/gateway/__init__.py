"""The gateway: the websocket that tells bots what happens."""
