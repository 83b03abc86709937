"""Every other provider, through its integration package of LangChain."""
