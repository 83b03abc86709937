#!/usr/bin/env bash
# Asking by curl: a stream, one answer as JSON, choices for one question, what an error looks
# like, an answer that is come back to, and a conversation. RAG_URL says where the chain is served.
set -euo pipefail
RAG_URL=${RAG_URL:-http://127.0.0.1:8000/rag}
CHAT_URL=${RAG_URL%/*}/chat

echo "== the answer as it is made, as server-sent events"
curl -N "$RAG_URL/stream" -H 'content-type: application/json' \
     -d '{"input": {"input": "What is Task Decomposition?"}}'

echo "== the whole answer, as JSON"
curl -sS "$RAG_URL/invoke" -H 'content-type: application/json' \
     -d '{"input": {"input": "What is Task Decomposition?"}}'
echo

echo "== by words alone, three documents at most, from one source"
curl -sS "$RAG_URL/invoke" -H 'content-type: application/json' -d @- <<'JSON'
{"input": {"input": "What is Task Decomposition?"},
 "config": {"configurable": {"k": 3, "search_type": "lexical",
                             "filter": {"source": ["sample/task-decomposition.html"]}}}}
JSON
echo

echo "== what is wrong with a question is told before anything else, as an HTTP error"
curl -sS -w '\nstatus %{http_code}\n' "$RAG_URL/stream" -H 'content-type: application/json' \
     -d '{"input": {"input": "What is Task Decomposition?"}, "config": {"configurable": {"k": 0}}}'

echo "== an answer that goes on without its client, and the events that were missed"
events=$(curl -N "$RAG_URL/stream" -H 'X-On-Disconnect: continue' \
     -H 'content-type: application/json' -d '{"input": {"input": "What is Task Decomposition?"}}')
run_id=$(sed -n 's/^data: {"run_id":"\([^"]*\)"}.*/\1/p' <<<"$events")
curl -N "$RAG_URL/runs/$run_id/stream" -H 'Last-Event-ID: 3'

echo "== stopping it; one that is over stays as it is"
curl -X DELETE "$RAG_URL/runs/$run_id" -w 'status %{http_code}\n'

echo "== a question of a conversation"
curl -N "$CHAT_URL/stream" -H 'content-type: application/json' -d @- <<'JSON'
{"input": {"messages": [
  {"role": "user", "content": "What is Task Decomposition?"},
  {"role": "assistant", "content": "Breaking a task into smaller steps."},
  {"role": "user", "content": "How is it done?"}]}}
JSON
