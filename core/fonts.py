"""Where the letters lie: Noto Sans SC from npm, for watermarks and papers; `make setup` installs it."""

from pathlib import Path
from typing import Final

_FOLDER = Path(__file__).parents[1] / "node_modules" / "@expo-google-fonts" / "noto-sans-sc"

REGULAR: Final = _FOLDER / "400Regular" / "NotoSansSC_400Regular.ttf"
BOLD: Final = _FOLDER / "700Bold" / "NotoSansSC_700Bold.ttf"
