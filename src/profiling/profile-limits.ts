/** What keeps a profile small, whatever the data is. */
export interface ProfileLimits {
  /** Different keys at one place; with more it is a map. */
  readonly maxKeys: number;
  /** Places (fields, elements, values of a map) of a collection; beyond, places become maps until it fits again. */
  readonly maxPlaces: number;
  /** Levels of objects and arrays that are looked into; what is deeper is checked and measured. */
  readonly maxProfiledDepth: number;
}

export const profileLimits: ProfileLimits = { maxKeys: 1000, maxPlaces: 20_000, maxProfiledDepth: 100 };
