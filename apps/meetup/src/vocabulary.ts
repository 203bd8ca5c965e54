/** What events, groups and people are called. Invented; cities with their real coordinates (degrees). */
export const cities = [
  { name: 'Berlin', country: 'de', state: '', lat: 52.52, lon: 13.38 },
  { name: 'London', country: 'gb', state: '17', lat: 51.52, lon: -0.1 },
  { name: 'Paris', country: 'fr', state: '', lat: 48.86, lon: 2.34 },
  { name: 'Amsterdam', country: 'nl', state: '', lat: 52.37, lon: 4.89 },
  { name: 'New York', country: 'us', state: 'NY', lat: 40.75, lon: -73.99 },
  { name: 'San Francisco', country: 'us', state: 'CA', lat: 37.77, lon: -122.41 },
  { name: 'Chicago', country: 'us', state: 'IL', lat: 41.88, lon: -87.63 },
  { name: 'Toronto', country: 'ca', state: 'ON', lat: 43.65, lon: -79.38 },
  { name: 'São Paulo', country: 'br', state: '', lat: -23.55, lon: -46.63 },
  { name: 'Bangalore', country: 'in', state: '', lat: 12.97, lon: 77.59 },
  { name: 'Singapore', country: 'sg', state: '', lat: 1.3, lon: 103.85 },
  { name: 'Tokyo', country: 'jp', state: '', lat: 35.68, lon: 139.69 },
  { name: 'Sydney', country: 'au', state: '', lat: -33.87, lon: 151.21 },
  { name: 'Nairobi', country: 'ke', state: '', lat: -1.29, lon: 36.82 },
] as const;

export const topics = [
  { key: 'hiking', name: 'Hiking' },
  { key: 'board-games', name: 'Board Games' },
  { key: 'photography', name: 'Photography' },
  { key: 'javascript', name: 'JavaScript' },
  { key: 'language-exchange', name: 'Language Exchange' },
  { key: 'yoga', name: 'Yoga' },
  { key: 'book-club', name: 'Book Club' },
  { key: 'running', name: 'Running' },
  { key: 'linux', name: 'Linux' },
  { key: 'salsa', name: 'Salsa' },
  { key: 'startups', name: 'Startup' },
  { key: 'chess', name: 'Chess' },
  { key: 'sketching', name: 'Urban Sketching' },
  { key: 'distributed-systems', name: 'Distributed Systems' },
  { key: 'cooking', name: 'Cooking' },
  { key: 'astronomy', name: 'Astronomy' },
] as const;

export const occasions = [
  'Evening',
  'Beginners’ Night',
  'Walk & Talk',
  'Workshop',
  'Open Session',
  'Sunday Social',
  'Lightning Talks',
  'Picnic',
  'Meet & Greet',
  'Marathon',
] as const;

export const groupWords = ['Friends', 'Circle', 'Collective', 'Club', 'Society', 'Crew', 'Guild', 'Network'] as const;

export const firstNames = [
  'Amara',
  'Ben',
  'Chiara',
  'Dmitri',
  'Elif',
  'Farah',
  'Gustavo',
  'Hana',
  'Ines',
  'Jonas',
  'Kofi',
  'Lucía',
  'Mei',
  'Noor',
  'Oskar',
  'Priya',
  'Ravi',
  'Sofia',
  'Tomás',
  'Yuki',
] as const;

export const venues = [
  'Library',
  'Town Hall',
  'Café Central',
  'Makerspace',
  'Community Centre',
  'Riverside Park',
] as const;
