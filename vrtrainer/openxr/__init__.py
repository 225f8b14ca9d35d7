"""The OpenXR runtime: link, clock, spaces, actions, hands, face, body."""
