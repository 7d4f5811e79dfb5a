"""Solves a column of a Spark frame. usage: on_spark.py [PUZZLE]...

The model travels as its path and is opened again in each Python worker: the file has to lie at the same path on every machine.
"""

import sys

import pandas
from pyspark.sql import SparkSession
from pyspark.sql.functions import pandas_udf

import trm

puzzles = sys.argv[1:] or ["...2...1.3.4.2.3", "1.3..4.2.3.12.4."]
spark = SparkSession.builder.getOrCreate()  # before pandas_udf, which asks it
model = trm.Model("sudoku-small")


@pandas_udf("string")
def solve(column: pandas.Series) -> pandas.Series:
    return pandas.Series([answer.text for answer in model.solve(column)])


frame = spark.createDataFrame([(puzzle,) for puzzle in puzzles], "puzzle string")
for row in frame.withColumn("answer", solve("puzzle")).collect():
    print(row.puzzle, row.answer)
spark.stop()
