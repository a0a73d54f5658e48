"""What an analyst would write with pandas and networkx: the mixing matrix, Louvain, betweenness.

python benchmarks/plain.py interactions.csv|interactions.parquet roster.csv

It knows no aliases, no broadcasts, no intervals and no verdicts; it is here to be compared with.
"""

import sys

import networkx as nx
import pandas as pd

log = pd.read_parquet(sys.argv[1]) if sys.argv[1].endswith(".parquet") else pd.read_csv(sys.argv[1])
roster = pd.read_csv(sys.argv[2]).set_index("person")["department"]
log["from_department"] = log["sender"].map(roster)
log["to_department"] = log["recipient"].map(roster)
known = log.dropna(subset=["from_department", "to_department"])
mixing = pd.crosstab(known["from_department"], known["to_department"])
pairs = known.groupby(["sender", "recipient"]).size().reset_index(name="weight")
graph = nx.from_pandas_edgelist(pairs, "sender", "recipient", "weight")
communities = nx.community.louvain_communities(graph, weight="weight", seed=0)
betweenness = nx.betweenness_centrality(graph, k=20, seed=0)
print(mixing.shape, len(communities), max(betweenness, key=betweenness.get))
