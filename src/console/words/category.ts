import { useTranslations } from 'use-intl'

/** Meta's `UTILITY` and its like, in the language of the page. */
export function useCategoryWords(): (category: string) => string {
  const t = useTranslations('categories')
  return (category) => {
    const known = category.toLowerCase() as 'utility'
    return t.has(known) ? t(known) : known
  }
}
