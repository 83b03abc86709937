"""The AI SDK's UI messages: read from requests, written as its stream of parts. No routes here."""
