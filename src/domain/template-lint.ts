export { lintTemplate, type TemplateLint, type TemplateLintProblem } from './template/lint.ts'
