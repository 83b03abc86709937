"""A chain around another one."""

from app.wrapped_chain import WrappedChain
from rag_stream.runnable import RagChain
from rag_stream.settings import Settings


async def test_but_for_its_questions_it_is_the_one_inside(settings: Settings) -> None:
    chain = RagChain(settings)
    outer = WrappedChain(WrappedChain(chain))
    try:
        assert (outer.has_settings, outer.settings) == (True, settings)
        assert outer.config_specs == chain.config_specs
        runtime = chain.runtime()
        assert outer.runtime() is runtime
        await outer.aclose()
        assert chain.runtime() is runtime
    finally:
        await chain.aclose()
    assert not WrappedChain(WrappedChain(RagChain())).has_settings
