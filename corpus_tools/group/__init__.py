"""The group stage: edges to clusters; which pages stand together, and which of them stays."""
