"""The providers of models: their names, packages and variables. Facts only, nothing is imported.

Besides OpenAI and the models of this package, these are the ones that LangChain's
`init_chat_model` and `init_embeddings` build.
"""

from collections.abc import Mapping
from dataclasses import dataclass

OPENAI = "openai"
LOCAL = "local"

Variables = tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Integration:
    """A provider behind an integration package of LangChain's."""

    extra: str
    """Of `rag-stream`, which installs the package: `pip install 'rag-stream[EXTRA]'`."""
    chat: str
    """The chat model's class, with its module."""
    embeddings: str | None = None
    needs: Variables = ()
    """Environment variables that must be set: one of each group."""
    reports_finish: bool = False
    """Whether its streams always say why they ended. False too where that is not known."""
    no_retries: int = 0
    """What `max_retries` must be for its client not to ask again by itself."""

    @property
    def package(self) -> str:
        """The package that must be there to be imported."""
        return self.chat.partition(".")[0]


_AWS = "langchain_aws."
_VERTEX = "langchain_google_vertexai."
_AZURE = (
    ("AZURE_OPENAI_API_KEY", "AZURE_OPENAI_AD_TOKEN"),
    ("AZURE_OPENAI_ENDPOINT",),
    ("OPENAI_API_VERSION",),
)
# Amazon, Vertex AI, Azure AI and LiteLLM find their credentials in many places; the classes
# say what is missing when they are made, and that is at the start.
INTEGRATIONS: Mapping[str, Integration] = {
    "anthropic": Integration(
        "anthropic",
        "langchain_anthropic.ChatAnthropic",
        needs=(("ANTHROPIC_API_KEY",),),
        reports_finish=True,
    ),
    "anthropic_bedrock": Integration("bedrock-anthropic", _AWS + "ChatAnthropicBedrock"),
    "azure_ai": Integration(
        "azure-ai",
        "langchain_azure_ai.chat_models.AzureAIOpenAIApiChatModel",
        "langchain_azure_ai.embeddings.AzureAIOpenAIApiEmbeddingsModel",
    ),
    "azure_openai": Integration(
        "azure",
        "langchain_openai.AzureChatOpenAI",
        "langchain_openai.AzureOpenAIEmbeddings",
        needs=_AZURE,
        reports_finish=True,
    ),
    "baseten": Integration(
        "baseten", "langchain_baseten.ChatBaseten", needs=(("BASETEN_API_KEY",),)
    ),
    "bedrock": Integration("bedrock", _AWS + "ChatBedrock", _AWS + "BedrockEmbeddings"),
    "bedrock_converse": Integration("bedrock", _AWS + "ChatBedrockConverse", reports_finish=True),
    "bedrock_mantle_anthropic": Integration("bedrock-anthropic", _AWS + "ChatAnthropicMantle"),
    "bedrock_mantle_openai": Integration("bedrock-openai", _AWS + "ChatOpenAIMantle"),
    "cohere": Integration(
        "cohere",
        "langchain_cohere.ChatCohere",
        "langchain_cohere.CohereEmbeddings",
        needs=(("COHERE_API_KEY", "CO_API_KEY"),),
    ),
    "deepseek": Integration(
        "deepseek",
        "langchain_deepseek.ChatDeepSeek",
        needs=(("DEEPSEEK_API_KEY",),),
        reports_finish=True,
    ),
    "fireworks": Integration(
        "fireworks",
        "langchain_fireworks.ChatFireworks",
        needs=(("FIREWORKS_API_KEY",),),
        reports_finish=True,
    ),
    "google_anthropic_vertex": Integration(
        "google-vertexai", _VERTEX + "model_garden.ChatAnthropicVertex"
    ),
    "google_genai": Integration(
        "google-genai",
        "langchain_google_genai.ChatGoogleGenerativeAI",
        "langchain_google_genai.GoogleGenerativeAIEmbeddings",
        needs=(("GOOGLE_API_KEY", "GEMINI_API_KEY"),),
        reports_finish=True,
        no_retries=1,  # its client takes 0 for "as often as you like"
    ),
    "google_vertexai": Integration(
        "google-vertexai",
        _VERTEX + "ChatVertexAI",
        _VERTEX + "VertexAIEmbeddings",
        reports_finish=True,
        no_retries=1,
    ),
    "groq": Integration(
        "groq", "langchain_groq.ChatGroq", needs=(("GROQ_API_KEY",),), reports_finish=True
    ),
    "huggingface": Integration(
        "huggingface",
        "langchain_huggingface.ChatHuggingFace",
        "langchain_huggingface.HuggingFaceEmbeddings",
    ),
    "ibm": Integration("ibm", "langchain_ibm.ChatWatsonx", needs=(("WATSONX_URL",),)),
    "langsmith": Integration(
        "langsmith",
        "langchain_openai.ChatOpenAI",
        needs=(("LANGSMITH_GATEWAY_API_KEY", "LANGSMITH_API_KEY"),),
    ),
    "litellm": Integration("litellm", "langchain_litellm.ChatLiteLLM"),
    "meta": Integration("meta", "langchain_meta.ChatMetaModel"),
    "mistralai": Integration(
        "mistralai",
        "langchain_mistralai.ChatMistralAI",
        "langchain_mistralai.MistralAIEmbeddings",
        needs=(("MISTRAL_API_KEY",),),
        reports_finish=True,
    ),
    "nvidia": Integration("nvidia", "langchain_nvidia_ai_endpoints.ChatNVIDIA"),
    "ollama": Integration(
        "ollama",
        "langchain_ollama.ChatOllama",
        "langchain_ollama.OllamaEmbeddings",
        reports_finish=True,
    ),
    "openrouter": Integration(
        "openrouter",
        "langchain_openrouter.ChatOpenRouter",
        needs=(("OPENROUTER_API_KEY",),),
        reports_finish=True,
    ),
    "perplexity": Integration(
        "perplexity",
        "langchain_perplexity.ChatPerplexity",
        needs=(("PPLX_API_KEY", "PERPLEXITY_API_KEY"),),
    ),
    "together": Integration(
        "together",
        "langchain_together.ChatTogether",
        needs=(("TOGETHER_API_KEY",),),
        reports_finish=True,
    ),
    "upstage": Integration(
        "upstage", "langchain_upstage.ChatUpstage", needs=(("UPSTAGE_API_KEY",),)
    ),
    "xai": Integration(
        "xai", "langchain_xai.ChatXAI", needs=(("XAI_API_KEY",),), reports_finish=True
    ),
}

CHAT_PROVIDERS = tuple(sorted({OPENAI, *INTEGRATIONS}))
EMBEDDING_PROVIDERS = tuple(
    sorted({OPENAI, *(name for name, known in INTEGRATIONS.items() if known.embeddings)})
)

_KEYWORDS: Mapping[str, tuple[str, ...]] = {
    "ANTHROPIC_BASE_URL": ("base_url",),
    "AZURE_OPENAI_ENDPOINT": ("azure_endpoint", "base_url"),
    "AZURE_OPENAI_AD_TOKEN": ("azure_ad_token",),
    "CO_API_KEY": ("cohere_api_key",),
    "GEMINI_API_KEY": ("google_api_key",),
    "OLLAMA_HOST": ("base_url",),
    "OPENAI_API_VERSION": ("api_version",),
    "WATSONX_URL": ("url",),
}
OPTIONAL: Mapping[str, tuple[str, ...]] = {
    "anthropic": ("ANTHROPIC_BASE_URL",),
    "huggingface": ("HUGGINGFACEHUB_API_TOKEN",),
    "nvidia": ("NVIDIA_API_KEY",),
    "ollama": ("OLLAMA_HOST",),
}
"""Variables that a provider reads where they are set."""


def variables(provider: str) -> tuple[str, ...]:
    """Every environment variable of a provider that is known here."""
    known = INTEGRATIONS.get(provider)
    needed = [name for group in known.needs for name in group] if known else []
    return (*needed, *OPTIONAL.get(provider, ()))


def keywords(variable: str) -> tuple[str, ...]:
    """What the value of a variable may be called by a model's class, likeliest first."""
    by_custom = [variable.lower()]
    if variable.endswith("_API_KEY"):
        by_custom.append("api_key")
    return (*_KEYWORDS.get(variable, ()), *by_custom)


def model_of(fingerprint: str) -> str:
    """The name of the model that an index records; only those of this package have a version."""
    provider, _ = split(fingerprint)
    return fingerprint.partition("@")[0] if provider == LOCAL else fingerprint


def split(name: str) -> tuple[str, str]:
    """The provider of `provider:model`, and the model."""
    provider, _, model = name.partition(":")
    return provider, model
