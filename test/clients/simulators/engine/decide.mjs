// Decides requests with an independent engine: reads a simulation for each line, and
// writes its result.
import { createInterface } from 'node:readline'
import { runSimulation } from '@cloud-copilot/iam-simulate'

for await (const line of createInterface({ input: process.stdin })) {
  const out = await runSimulation(JSON.parse(line), {})
  console.log(out.resultType === 'single' ? out.result.analysis.result : JSON.stringify(out.errors ?? out.resultType))
}
