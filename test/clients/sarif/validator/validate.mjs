// Validates the SARIF on its standard input by the schema of the standard, and prints what
// is wrong with it.
import { readFileSync } from 'node:fs'
import Ajv from 'ajv'

const read = (path) => JSON.parse(readFileSync(new URL(path, import.meta.url)))
const ajv = new Ajv({ schemaId: 'auto', allErrors: true })
ajv.addMetaSchema(read('./node_modules/ajv/lib/refs/json-schema-draft-04.json'))
const validate = ajv.compile(read('./node_modules/@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json'))
const input = JSON.parse(readFileSync(0))
if (!validate(input)) {
  console.log(validate.errors.map((e) => `${e.dataPath} ${e.message}`).join('\n'))
}
