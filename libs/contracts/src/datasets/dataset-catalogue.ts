import { CLASSES, SPLIT_COUNTS, type Dataset, type DatasetName } from './dataset.ts'

/** What is known of each dataset without looking at any file: everything of GET /datasets but the workers that cache it. */
export const DATASET_CATALOGUE: Record<DatasetName, Omit<Dataset, 'cachedOn'>> = {
  flowers102: {
    name: 'flowers102',
    description: 'Oxford 102 Category Flower Dataset: 8,189 photographs of 102 kinds of flower that are common in the United Kingdom',
    classes: CLASSES,
    splits: SPLIT_COUNTS.flowers102,
    generated: false,
    license: 'none stated by its authors; the photographs belong to their owners, so use them for research only',
    citation:
      'M.-E. Nilsback and A. Zisserman, "Automated flower classification over a large number of classes", Proceedings of the Indian Conference on Computer Vision, Graphics and Image Processing, 2008. https://www.robots.ox.ac.uk/~vgg/data/flowers/102/',
  },
  'synthetic-flowers': {
    name: 'synthetic-flowers',
    description:
      '102 kinds of flower drawn by a program: each kind has its petals, colours, centre and background, each image its pose and light',
    classes: CLASSES,
    splits: SPLIT_COUNTS['synthetic-flowers'],
    generated: true,
    license: "Apache-2.0, as Trainyard's own code",
    citation: null,
  },
}
