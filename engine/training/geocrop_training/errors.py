"""What a person can mend, said in a sentence."""


class TrainingError(Exception):
    """Printed without a stack trace. `exit_code` 2: asked for wrongly, nothing was trained; 1: tried, and failed."""

    def __init__(self, message: str, exit_code: int = 2):
        super().__init__(message)
        self.exit_code = exit_code
