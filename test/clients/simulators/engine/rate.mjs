// Measures an independent engine: reads a simulation for each line, writes its results, and
// then how many simulations it runs in a second of CPU time, in so many seconds.
import { createInterface } from 'node:readline'
import { runSimulation } from '@cloud-copilot/iam-simulate'

const simulations = []
for await (const line of createInterface({ input: process.stdin })) {
  simulations.push(JSON.parse(line))
}
for (const s of simulations) {
  const out = await runSimulation(s, {})
  console.log(out.resultType === 'single' ? out.result.analysis.result : JSON.stringify(out.errors ?? out.resultType))
}
const length = Number(process.argv[2]) * 1e6
const before = process.cpuUsage()
let n = 0
let used = 0
do {
  await runSimulation(simulations[n++ % simulations.length], {})
  const { user, system } = process.cpuUsage(before)
  used = user + system
} while (used < length)
console.log(n / (used / 1e6))
