"""Holds a bill of materials against the schema of CycloneDX 1.5, as strictly as it goes: schema.py FILE"""

import sys
from pathlib import Path

from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

mistake = JsonStrictValidator(SchemaVersion.V1_5).validate_str(Path(sys.argv[1]).read_text())
print(mistake or "as the schema says")
sys.exit(mistake is not None)
