"""One file per word that members type or tap. Each has WORDS and ``async def answer(talk, engine)``."""
