"""The compiler: YAML mappings become checked trees, and each flow one generated Python function.

Pure: no clock, no network, no files. Streams, settings and tables come in as a `Catalog`; what goes out is
`Programs`, functions from record to payload once linked. `mappings/README.md` describes the language.
"""

from engine.mapping.check.catalog import Catalog
from engine.mapping.compiler import Programs, compile_pack
from engine.mapping.run.program import Mapper, Program, Run

__all__ = ["Catalog", "Mapper", "Program", "Programs", "Run", "compile_pack"]
