"""How much an organisation has."""

from .habit import habit
from .limits import Ten
from .service import TrainingService


@habit("there is one record alone")
class One(TrainingService):
    foreign = 1


@habit("there are three records, of three people and packages")
class Three(TrainingService):
    foreign = 3


@habit("there is no record at all", ends="--person-api-id")
class Nothing(TrainingService):
    foreign = 0


@habit("there are 300 records, ten a page")
class Hundreds(Ten):
    foreign = 300
