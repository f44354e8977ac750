export { lintTemplate, type TemplateLintProblem } from './template/lint.ts'
