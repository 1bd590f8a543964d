"""A real llama.cpp server that makes embeddings, of the built-in model's weights; ends when its input does."""

import sys

import xllamacpp

from chat.llm.embedded import find_weights

parameters = xllamacpp.CommonParams()
parameters.model.path = str(find_weights())
parameters.model_alias = {"smollm2"}
parameters.port = 0
parameters.n_ctx = 1024
parameters.n_parallel = 2
parameters.cpuparams.n_threads = 1
parameters.embedding = True
parameters.pooling_type = xllamacpp.llama_pooling_type.LLAMA_POOLING_TYPE_MEAN
parameters.verbosity = -1
server = xllamacpp.Server(parameters)
print(server.listening_address, flush=True)
sys.stdin.read()
