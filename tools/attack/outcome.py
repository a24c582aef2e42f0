"""What came of an attack."""

from dataclasses import dataclass, field


@dataclass
class Outcome:
    """Numbers of an attack.

    Attributes
    ----------
    tried : int
        Inputs that were tried.
    injected : int
        Faults among them: damaged files, wrong values, killed processes.
    lost : list of str
        What should not have happened, each in a line.
    note : str
        What there is to say of the numbers.
    """

    tried: int = 0
    injected: int = 0
    lost: list[str] = field(default_factory=list)
    note: str = ""

    def expect(self, holds: bool, text: str) -> None:
        """Note a loss unless something holds."""
        if not holds:
            self.lost.append(text)
