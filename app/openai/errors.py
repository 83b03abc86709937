"""What a request for a chat completion may be refused for, beside its fields' values."""

from rag_stream.errors import InvalidInputError, RagError


class ModelNotFoundError(RagError):
    """The request is for a model that this service does not go by."""

    status_code = 404
    code = "model_not_found"


class UnsupportedParameterError(InvalidInputError):
    """The request asks for something that the API has and this service does not do."""

    code = "unsupported_parameter"
