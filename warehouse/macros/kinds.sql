-- kinds(...): which kind of listing told of each field of an article, under the field's name there, as a map.
-- kind: scalar
CREATE OR REPLACE MACRO kinds(title, description, authors, tags, image_url, place) AS map_from_entries(list_filter([
  {'field': 'title', 'kind': title},
  {'field': 'description', 'kind': description},
  {'field': 'authors', 'kind': authors},
  {'field': 'tags', 'kind': tags},
  {'field': 'image_url', 'kind': image_url},
  {'field': 'latitude', 'kind': place},
  {'field': 'longitude', 'kind': place}
], lambda one: one.kind IS NOT NULL));
